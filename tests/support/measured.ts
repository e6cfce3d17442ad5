import type { Page } from '@playwright/test';

/**
 * What no axe rule says and can be measured on the page itself: the table of targets of ux.md §4.2. Pages of people and of
 * professionals have different sizes (48 and 24 px).
 */
export async function measuredProblems(page: Page, { isDesk }: { isDesk: boolean }): Promise<string[]> {
	return page.evaluate(
		({ smallest, isDesk }) => {
			const found: string[] = [];
			const name = (element: Element) => {
				const said = element.getAttribute('name') ?? element.textContent?.trim().slice(0, 30) ?? '';
				return `${element.tagName.toLowerCase()}.${element.className.toString().split(' ')[0]} « ${said} »`;
			};
			const isShown = (element: Element) => {
				const { width, height } = element.getBoundingClientRect();
				return width > 1 && height > 1 && getComputedStyle(element).visibility === 'visible';
			};
			// A choice is as large as the label around it; a link inside a sentence is as large as its line (WCAG 2.5.8).
			const sized = (element: Element) => element.closest('label') ?? element;
			const isInSentence = (element: Element) =>
				element.tagName === 'A' &&
				getComputedStyle(element).display === 'inline' &&
				(element.parentElement?.textContent ?? '').trim() !== (element.textContent ?? '').trim();
			const controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(
				(element) => isShown(element) && (element as HTMLInputElement).type !== 'hidden',
			);
			for (const control of controls) {
				if (isInSentence(control) || control.matches('.skip-link')) continue;
				const { height, width } = sized(control).getBoundingClientRect();
				// A link of one short word is as wide as its word.
				const side = control.tagName === 'A' ? height : Math.min(height, width);
				if (side < smallest - 0.5) found.push(`${name(control)} is ${Math.round(width)} × ${Math.round(height)} px`);
			}

			for (const element of document.querySelectorAll('main *')) {
				const style = getComputedStyle(element);
				const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim());
				if (!hasText || !isShown(element)) continue;
				if (style.fontStyle !== 'normal') found.push(`${name(element)} is in italics`);
				if (style.textTransform === 'uppercase') found.push(`${name(element)} is in capitals`);
				if (style.textAlign === 'justify') found.push(`${name(element)} is justified`);
			}
			const body = getComputedStyle(document.body);
			if (!isDesk && parseFloat(body.fontSize) < 18) found.push(`text is ${body.fontSize}`);
			if (parseFloat(body.lineHeight) / parseFloat(body.fontSize) < 1.45) found.push(`lines are ${body.lineHeight}`);

			for (const radio of document.querySelectorAll('input[type="radio"]'))
				if (!radio.closest('fieldset')?.querySelector('legend')) found.push(`${name(radio)} has no legend`);
			for (const image of document.querySelectorAll('img'))
				if (!image.getAttribute('width') || !image.getAttribute('height')) found.push(`${name(image)} has no size`);
			for (const link of document.querySelectorAll('a[target="_blank"]')) found.push(`${name(link)} opens elsewhere`);
			return found;
		},
		{ smallest: isDesk ? 24 : 48, isDesk },
	);
}

/**
 * Texts that are cut or make the page scroll sideways, with the spacing of WCAG 1.4.12 and, on a window of 640 px, with text twice as
 * large; `asIs`: on the window as it is only, half as long.
 */
export async function spacingProblems(page: Page, { asIs = false } = {}): Promise<string[]> {
	const found: string[] = [];
	const before = page.viewportSize()!;
	for (const [what, width, css] of [
		[
			'with wide spacing',
			before.width,
			'* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }',
		],
		['with text twice as large', 640, 'html { font-size: 200% !important }'],
	] as const) {
		if (asIs && width !== before.width) continue;
		if (!asIs) await page.setViewportSize({ ...before, width });
		const style = await page.addStyleTag({ content: css });
		const problems = await page.evaluate(() => {
			const { scrollWidth, clientWidth } = document.documentElement;
			const cut = [...document.querySelectorAll('body *')].filter((element) => {
				const { overflowX, overflowY } = getComputedStyle(element);
				const isCut = (side: string) => side === 'hidden' || side === 'clip';
				// One pixel square: said to screen readers only.
				if (getComputedStyle(element).clipPath !== 'none' || element.clientHeight <= 1 || !element.textContent?.trim())
					return false;
				return (
					(isCut(overflowX) && element.scrollWidth > element.clientWidth + 1) ||
					(isCut(overflowY) && element.scrollHeight > element.clientHeight + 1)
				);
			});
			return [
				...(scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} > ${clientWidth}`] : []),
				...cut.map((element) => `cut: ${element.tagName} « ${element.textContent!.trim().slice(0, 40)} »`),
			];
		});
		found.push(...problems.map((problem) => `${problem}, ${what}`));
		await style.evaluate((element) => (element as Element).remove());
	}
	if (!asIs) await page.setViewportSize(before);
	return found;
}

/** Each thing the keyboard reaches: seen when it has the focus (2 px at least), and not under something else. */
export async function focusProblems(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const found: string[] = [];
		const reached = document.querySelectorAll<HTMLElement>(
			'a[href], button:not([disabled]), input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]',
		);
		for (const element of reached) {
			const closed = element.closest('details:not([open])');
			if (closed && !element.matches('summary')) continue;
			element.focus({ focusVisible: true } as FocusOptions);
			if (document.activeElement !== element) continue;
			const shown = [element, element.closest('label')]
				.filter((one) => one !== null)
				.map((one) => getComputedStyle(one));
			const isSeen = shown.some(
				({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
			);
			const said = (element.getAttribute('name') ?? element.textContent ?? '').trim().slice(0, 30);
			if (!isSeen) found.push(`focus on ${element.tagName} « ${said} » is not seen`);
			const { x, y, width, height } = (element.closest('label') ?? element).getBoundingClientRect();
			const onTop = document.elementFromPoint(x + width / 2, y + height / 2);
			if (onTop && width > 1 && getComputedStyle(onTop).position !== 'static' && onTop.closest('nav, header')) {
				const bar = onTop.closest('nav, header')!;
				if (!bar.contains(element)) found.push(`${element.tagName} « ${said} » is under a bar when it has the focus`);
			}
		}
		return found;
	});
}

/** With the colours of the person's own system (forced colours): what has no edge, icon or focus left to be seen by. */
export async function forcedColourProblems(page: Page): Promise<string[]> {
	await page.emulateMedia({ forcedColors: 'active' });
	const found = await page.evaluate(() => {
		const problems: string[] = [];
		const isShown = (element: Element) => {
			const { width, height } = element.getBoundingClientRect();
			return width > 1 && height > 1 && getComputedStyle(element).visibility === 'visible';
		};
		const said = (element: Element) =>
			`${element.tagName.toLowerCase()}.${element.getAttribute('class')?.split(' ')[0] ?? ''} « ${(element.getAttribute('name') ?? element.textContent ?? '').trim().slice(0, 30)} »`;
		for (const control of document.querySelectorAll('button, .button, input:not([type="hidden"]), select, textarea')) {
			const { borderTopStyle, borderTopWidth, textDecorationLine, appearance } = getComputedStyle(control);
			// Drawn by the browser itself.
			if (appearance === 'auto' && control.matches('[type="checkbox"], [type="radio"]')) continue;
			const hasEdge = borderTopStyle !== 'none' && parseFloat(borderTopWidth) >= 1;
			if (isShown(control) && !hasEdge && !textDecorationLine.includes('underline'))
				problems.push(`${said(control)} has no edge in forced colours`);
		}
		for (const shape of document.querySelectorAll('svg path')) {
			const { stroke, fill } = getComputedStyle(shape);
			let back: Element | null = shape;
			while (back && /rgba\(\d+, \d+, \d+, 0\)|transparent/.test(getComputedStyle(back).backgroundColor))
				back = back.parentElement;
			const ground = back ? getComputedStyle(back).backgroundColor : 'rgb(0, 0, 0)';
			const isSeen = [stroke, fill].some((colour) => colour !== 'none' && colour !== ground);
			if (isShown(shape) && !isSeen)
				problems.push(`an icon in ${said(shape.closest('a, button, p, li') ?? shape)} is not seen`);
		}
		return problems;
	});
	const focus = await focusProblems(page);
	await page.emulateMedia({ forcedColors: null });
	return [...found, ...focus.map((problem) => `${problem}, in forced colours`)];
}
