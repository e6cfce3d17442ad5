import { expect, test } from 'vitest';
import { normalizeEmail } from './email.ts';

test.each([
	['marie@example.fr', 'marie@example.fr'],
	['  Marie.Test+suivi@Example.FR\n', 'Marie.Test+suivi@example.fr'],
	["o'neil@mail.example.fr", "o'neil@mail.example.fr"],
	['élodie@exämple.fr', 'élodie@exämple.fr'],
	['a@b.fr', 'a@b.fr'],
	[`${'a'.repeat(64)}@example.fr`, `${'a'.repeat(64)}@example.fr`],
])('%j is kept as %j', (raw, expected) => {
	expect(normalizeEmail(raw)).toBe(expected);
});

test.each([
	...['', '@', 'marie', 'marie@', '@example.fr', 'marie@example', 'marie@@example.fr', 'a@b@example.fr'],
	...['marie@example.fr\r\nBcc: x@example.fr', 'ma\u0000rie@example.fr', 'ma\u200brie@example.fr', 'ma rie@example.fr'],
	...['a@example.fr,b@example.fr', 'a@example.fr;b@example.fr', 'Marie <marie@example.fr>', '"a b"@example.fr'],
	...['marie@.fr', 'marie@example..fr', 'marie@-example.fr', 'marie@example-.fr', 'marie@example.f', '.a@example.fr'],
	...[
		'a..b@example.fr',
		'a.@example.fr',
		'marie@[127.0.0.1]',
		'marie@example.fr.',
		'a(b)@example.fr',
		'a:b@example.fr',
	],
	...[`${'a'.repeat(65)}@example.fr`, `a@${'b'.repeat(60)}.${`${'c'.repeat(60)}.`.repeat(4)}fr`, 'é'.repeat(1e6)],
])('%j is refused', (raw) => {
	expect(normalizeEmail(raw)).toBeNull();
});
