export {
  type AtomicFile,
  type AtomicFileOptions,
  openAtomicFile,
  writeFileAtomic,
} from './atomic-file.js';
export { writeFileAtomicSync } from './atomic-file-sync.js';
export { fileError, systemErrorCode } from './file-error.js';
export {
  isLivingLock,
  type LivingLock,
  type LivingLockOptions,
  takeLivingLock,
} from './living-lock.js';
export { type FileLock, tryLockFile, waitForLockFile } from './lock-file.js';
export { makeFolder } from './make-folder.js';
export { writtenFiles } from './written-files.js';
