import type { StageState } from '$lib/shared/codes';

/** The last stage done, the current one and the next: home shows a glance, `/parcours` all of it. */
export function aroundNow<S extends { state: StageState }>(stages: readonly S[]): S[] {
	const here = stages.findIndex((stage) => stage.state === 'current');
	if (here === -1) return stages.slice(-3);
	const from = Math.max(0, here - 1);
	return stages.slice(from, Math.max(here + 2, from + 3));
}
