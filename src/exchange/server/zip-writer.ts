import { crc32, deflateRawSync } from 'node:zlib';

/**
 * Builds a zip archive with one file.
 *
 * @param name - Name of the file inside.
 * @param content - Its content.
 * @returns The bytes; the same for the same input.
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export function zipFile(name: string, content: Uint8Array): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
  const packed = deflateRawSync(content, { level: 6 });
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(0x0800, 2); // names are UTF-8
  common.writeUInt16LE(8, 4); // deflate
  common.writeUInt16LE(0, 6); // time
  common.writeUInt16LE(0x21, 8); // 1980-01-01, so that the bytes do not depend on the clock
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(nameBytes.length, 22);
  const local = Buffer.concat([signature(0x04034b50), common, nameBytes, packed]);
  const centralHead = Buffer.alloc(2);
  centralHead.writeUInt16LE(20);
  const central = Buffer.concat([
    signature(0x02014b50),
    centralHead,
    common,
    Buffer.alloc(14), // comment, disk, attributes, offset of the local header: all 0
    nameBytes,
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
