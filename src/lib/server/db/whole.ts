/** More rows of one kind than the file of a person ever holds: how far a copy of all their own data reads (GDPR 15 and 20). */
export const WHOLE = 100_000;
