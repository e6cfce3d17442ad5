/** « https:… », « javascript:… », « www… »: what a browser or its reader would take for an address to open. */
const LOOKS_LIKE_LINK = /^(?:[a-z][a-z\d+.-]*:|\/\/|www\.)/i;

/** The one kind of link a person may be sent to: encrypted, to a named host, without a name and a password in it. */
export function isVideoLink(address: string): boolean {
	if (!URL.canParse(address) || !/^https:\/\//i.test(address)) return false;
	const { username, password, hostname } = new URL(address);
	return username === '' && password === '' && hostname.includes('.');
}

/**
 * A meeting by video has a safe link or none yet. The street of the structure, which the form offers by itself, is no link
 * and does no harm: the page then says that the link will come.
 */
export const isRefusedLink = (mode: string, address: string): boolean =>
	mode === 'video' && LOOKS_LIKE_LINK.test(address) && !isVideoLink(address);
