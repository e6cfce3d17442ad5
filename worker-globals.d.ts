/** For the type check of the service worker alone (tsconfig.worker.json). */
declare const __PHONE_SCRIPT__: string;
declare const __OFFLINE_SCRIPT__: string;
declare module '$service-worker' {
	export const version: string;
}
