import { expect, test } from 'vitest';
import { isRefusedLink, isVideoLink } from './video.ts';

const SAFE = ['https://visio.example.fr/salle-12', 'HTTPS://visio.example.fr/a?b=c#d'];
const UNSAFE = [
	'http://visio.example.fr/salle-12',
	'javascript:alert(1)',
	'JavaScript:alert(1)//https://visio.example.fr',
	'data:text/html,a',
	'//visio.example.fr/a',
	'www.visio.example.fr/a',
	'https:visio.example.fr/a',
	'https://',
	'https://localhost/a',
	'https://visio.example.fr@ailleurs.example/a',
	'https://nom:mot@visio.example.fr/a',
];

test.each(SAFE)('%s is a link to open', (address) => {
	expect(isVideoLink(address)).toBe(true);
	expect(isRefusedLink('video', address)).toBe(false);
});

test.each(UNSAFE)('%s is never a link, and a meeting by video refuses it', (address) => {
	expect(isVideoLink(address)).toBe(false);
	expect(isRefusedLink('video', address)).toBe(true);
});

test('no link yet, or the street of the structure, is no link and is not refused', () => {
	for (const address of ['', '12 rue des Lilas, 50000 Saint-Lô']) {
		expect(isVideoLink(address)).toBe(false);
		expect(isRefusedLink('video', address)).toBe(false);
	}
	expect(isRefusedLink('on_site', 'Bâtiment B : 2e étage')).toBe(false);
});
