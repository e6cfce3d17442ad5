import { m } from '$lib/paraglide/messages.js';
import type { NeedStatus, RequestStatus } from '$lib/shared/codes';
import { themeExample, themeHint, themeIcon, themeLabel } from '$lib/shared/labels';
import { OFFERED_THEMES, type Theme } from '$lib/shared/themes';

export { themeIcon, themeLabel };

/** Tiles of the first page. */
export const themeTiles = (except: readonly Theme[] = []) =>
	OFFERED_THEMES.filter((theme) => !except.includes(theme)).map((value) => ({
		value,
		label: themeLabel(value),
		hint: themeHint(value),
		example: themeExample(value),
		icon: themeIcon(value),
	}));

export const requestStatusLabel = (status: Exclude<RequestStatus, 'draft'>): string => m[`request_status_${status}`]();
export { needStatusWords as needStatusLabel } from '$lib/shared/request-progress';
export const needStatusTone = (status: NeedStatus) =>
	({ open: 'wait', in_progress: 'wait', lifted: 'ok', dropped: 'plain' })[status] as 'wait' | 'ok' | 'plain';
