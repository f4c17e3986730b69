export { Journal, type JournalOptions } from './journal.js';
export type { JournalFiles } from './journal-files.js';
export { openJournalFolder } from './node-journal-files.js';
export { readSavedMemory } from './read-saved-memory.js';
