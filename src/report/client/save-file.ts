/**
 * Offers a file to the reader, as a download.
 *
 * @param content - Of the file.
 * @param name - File name.
 */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
