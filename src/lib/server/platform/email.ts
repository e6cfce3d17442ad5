const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
const LOCAL = /^[^\s\p{C}@"(),:;<>[\]\\]+$/u;
const DOMAIN = /^(?=.{4,253}$)([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

/**
 * The address as we store and compare it: trimmed, domain in lower case; null when mail could not be sent there.
 * One plain address: quoted parts and lists are refused, so that nothing can slip into a header.
 */
export function normalizeEmail(raw: string): string | null {
	const [local = '', domain = '', ...more] = raw.trim().normalize('NFC').split('@');
	const address = `${local}@${domain.toLowerCase()}`;
	const isWellFormed = more.length === 0 && LOCAL.test(local) && DOMAIN.test(domain) && !/^\.|\.\.|\.$/.test(local);
	return isWellFormed && local.length <= MAX_LOCAL_LENGTH && address.length <= MAX_LENGTH ? address : null;
}
