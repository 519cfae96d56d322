export const product = 'diecast';
