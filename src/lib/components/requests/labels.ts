import { m } from '$lib/paraglide/messages.js';
import type { NeedStatus, RequestStatus } from '$lib/shared/codes';
import { THEMES, type Theme } from '$lib/shared/themes';
import type { IconName } from '$lib/components/ui/icons';

const ICONS: Record<Theme, IconName> = {
	employment: 'work',
	housing: 'housing',
	mobility: 'mobility',
	health: 'health',
	childcare: 'childcare',
	other: 'other',
};
export const themeIcon = (theme: Theme): IconName => ICONS[theme];
export const themeLabel = (theme: Theme): string => m[`request_theme_${theme}`]();

/** Tiles of the first page. */
export const themeTiles = (except: readonly Theme[] = []) =>
	THEMES.filter((theme) => !except.includes(theme)).map((theme) => ({
		value: theme,
		label: themeLabel(theme),
		hint: m[`request_theme_${theme}_hint`](),
		icon: themeIcon(theme),
	}));

export const requestStatusLabel = (status: Exclude<RequestStatus, 'draft'>): string => m[`request_status_${status}`]();
export const needStatusLabel = (status: NeedStatus): string => m[`request_need_${status}`]();
export const needStatusTone = (status: NeedStatus) =>
	({ open: 'wait', in_progress: 'wait', lifted: 'ok', dropped: 'plain' })[status] as 'wait' | 'ok' | 'plain';
