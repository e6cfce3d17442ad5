/** The file begins as what it says, and is not one. */
export class Broken extends Error {}

export interface Cleaned {
	/** What is kept: the page itself, without what else it told. */
	bytes: Buffer;
	/** What stood after its end: nothing draws it. */
	after: Buffer;
}
