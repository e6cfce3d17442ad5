const BROWSERS: [RegExp, string][] = [
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Edg(A|iOS)?\//, 'Edge'],
	[/OPR\//, 'Opera'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
	[/Android/, 'Android'],
	[/iPhone/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Windows/, 'Windows'],
	[/Macintosh/, 'Mac'],
	[/Linux|X11/, 'Linux'],
];

/** « Chrome – Android »: what the person recognises in the list of devices; proper names, the same in every language. */
export function labelOf(userAgent: string): string {
	const named = (names: [RegExp, string][]) => names.find(([mark]) => mark.test(userAgent))?.[1];
	return [named(BROWSERS) ?? 'Web', named(SYSTEMS)].filter(Boolean).join(' – ');
}
