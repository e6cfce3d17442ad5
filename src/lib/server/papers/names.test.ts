import { expect, test } from 'vitest';
import { disposition, keptName } from './names.ts';

test.each([
	['bail.pdf', 'pdf', 'bail.pdf'],
	['IMG_0001.HEIC', 'heic', 'IMG_0001.heic'],
	['photo.jpg', 'pdf', 'photo.pdf'],
	['page.html', 'jpeg', 'page.jpg'],
	['../../etc/passwd', 'png', 'passwd.png'],
	['..\\..\\windows\\win.ini', 'png', 'win.png'],
	['/', 'pdf', 'papier.pdf'],
	['...', 'pdf', 'papier.pdf'],
	['.htaccess', 'pdf', 'papier.pdf'],
	['a\r\nSet-Cookie: x=1.jpg', 'jpeg', 'aSet-Cookie x=1.jpg'],
	['facture "mars".pdf', 'pdf', 'facture mars.pdf'],
	['gpj\u202efdp.exe', 'jpeg', 'gpjfdp.jpg'],
	['عقد.pdf', 'pdf', 'عقد.pdf'],
	['é'.repeat(300) + '.jpg', 'jpeg', 'é'.repeat(80) + '.jpg'],
] as const)('a page sent as %j (%s) is given back as %j', (name, type, kept) => {
	expect(keptName(name, type)).toBe(kept);
});

test('no name gets out of its header', () => {
	for (const name of ['a"; filename=b.html', 'é\r\nX: y', '%22%0d%0a', 'ش'.repeat(50), '😀.pdf', "a'b(c)*.pdf"]) {
		const header = disposition('attachment', keptName(name, 'pdf'));
		expect(header).toMatch(/^attachment; filename="[\x20-\x21\x23-\x7e]*"; filename\*=UTF-8''[\w.!#$&+^`|~%-]*$/);
		expect(() => new Headers({ 'content-disposition': header })).not.toThrow();
	}
});
