import { UserError } from '../domain/index.js';

const REASONS: Record<string, string> = {
  ENOENT: 'it does not exist; check the path',
  EACCES: 'permission denied; change its permissions or choose another path',
  EPERM: 'permission denied; change its permissions or choose another path',
  READ_ONLY: 'it is read-only; change its permissions or choose another path',
  EROFS: 'the disk is read-only; choose another path',
  ENOSPC: 'the disk is full; free some space and run again',
  EDQUOT: 'the disk quota is used up; free some space and run again',
  EFBIG:
    'the file size limit is reached (ulimit -f, or the file system); raise the limit or choose another path',
  EISDIR: 'it is a folder; give a file',
  ENOTDIR: 'part of the path is a file, not a folder; check the path',
  EMFILE: 'too many files are open; close other programs and run again',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  ELOOP: 'its symbolic links form a circle; check the path',
};

/**
 * Returns the code of a system error (`ENOENT`, `EACCES`, …), or `undefined` for anything else.
 *
 * @param error - What was caught.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Turns a failed file operation into a message for the user: the wish, the path, the reason, what to do.
 *
 * @param wish - What was attempted, for example `read`.
 * @param path - The path as the user wrote it.
 * @param error - What was caught; a `UserError` is returned as it is.
 */
export function fileError(wish: string, path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = systemErrorCode(error);
  const message = error instanceof Error ? error.message : 'unknown error';
  const reason =
    code === 'ENOENT' && wish === 'write'
      ? 'its folder cannot be created; choose another path'
      : code === undefined
        ? message
        : (REASONS[code] ?? message);
  return new UserError(`Cannot ${wish} ${path}: ${reason}`, { cause: error });
}
