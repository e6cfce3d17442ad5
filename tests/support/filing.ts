import { aBrowser, type Asked } from './http.ts';
import type { Portal } from './portal.ts';

export interface Filing {
	browser: ReturnType<typeof aBrowser>;
	/** Posts the last page; the same draft each time. */
	send(): Promise<Asked>;
}

/** A visitor who has answered everything and is about to send the request. `number`: 0 to 9999, makes them somebody else. */
export async function aFiling(portal: Portal, number: number): Promise<Filing> {
	const browser = aBrowser(portal, `203.0.113.${number % 250}`);
	const pages: [string, Record<string, string | string[]>][] = [
		['', { 'themes[]': ['employment', 'mobility'] }],
		['/commune', { inseeCode: '08105' }],
		['/contact', { firstName: 'Salve', lastName: `Numéro ${number}`, phone: phoneOf(number) }],
	];
	for (const [page, form] of pages) {
		const { status, body } = await browser.ask(`/demande/nouvelle${page}`, { form });
		if (status !== 303) throw new Error(`page « ${page} » answered ${status}\n${body.slice(0, 300)}`);
	}
	const { body } = await browser.ask('/demande/nouvelle/verifier');
	const draft = /name="draft" value="([^"]+)"/.exec(body)?.[1];
	if (!draft) throw new Error('the last page names no draft');
	return { browser, send: () => browser.ask('/demande/nouvelle/verifier', { form: { draft } }) };
}

const phoneOf = (number: number) => `063998${String(number).padStart(4, '0')}`;

/** Where the receipt is, when the answer is one. */
export const receiptOf = ({ status, location }: Asked): string | null =>
	status === 303 && /^\/demande\/08-[0-9A-Z-]+$/.test(location) ? location : null;
