import { expect, test } from 'vitest';
import { networkOf } from './limits.ts';

test.each([
	['2001:db8::1', '2001:db8:0:0'],
	['2001:db8:0:0:ffff::', '2001:db8:0:0'],
	['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8:0:0'],
	['2001:DB8::42:1:2:3:4', '2001:db8:0:42'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
	['2001:db8:1::', '2001:db8:1:0'],
	['fe80::1%eth0', 'fe80:0:0:0'],
	['::1', '0:0:0:0'],
	['::', '0:0:0:0'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['192.0.2.7', '192.0.2.7'],
])('%s counts for %s', (address, network) => {
	expect(networkOf(address)).toBe(network);
});

test('addresses of one subscriber count together, those of two do not', () => {
	expect(networkOf('2001:db8:0:1::1')).toBe(networkOf('2001:db8:0:1:aaaa:bbbb:cccc:dddd'));
	expect(networkOf('2001:db8::1')).not.toBe(networkOf('2001:db8:0:1::1'));
});
