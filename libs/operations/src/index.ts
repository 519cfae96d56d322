export * from './definition.js';
export * from './journal.js';
