import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { build, defineConfig, type Plugin } from 'vite';

/** Address of each script of the phone while developing, by the constant that holds it. */
const SCRIPTS = {
	/** On every page. */
	__PHONE_SCRIPT__: 'src/phone/main.ts',
	/** On the page shown without network. */
	__OFFLINE_SCRIPT__: 'src/phone/offline-page.ts',
	/** Where one signs out. */
	__SIGN_OUT_SCRIPT__: 'src/phone/sign-out.ts',
	/** On the questions of a request, and where it is sent or erased. */
	__DRAFT_SCRIPT__: 'src/phone/draft.ts',
	/** On pages with a file to send. */
	__UPLOAD_SCRIPT__: 'src/phone/upload.ts',
	/** Where reminders on this phone are turned on. */
	__PUSH_SCRIPT__: 'src/phone/push-enable.ts',
	/** On pages of professionals with a search. */
	__SHORTCUT_SCRIPT__: 'src/phone/shortcuts.ts',
	/** Where a professional follows what leaves. */
	__FOLLOW_SCRIPT__: 'src/phone/follow.ts',
};

/** Built on its own, named by its content. */
async function builtScript(entry: string): Promise<{ address: string; code: string }> {
	const name = entry === SCRIPTS.__PHONE_SCRIPT__ ? 'phone' : path.basename(entry, '.ts');
	const result = await build({
		configFile: false,
		logLevel: 'warn',
		build: { write: false, target: 'chrome100', lib: { entry, formats: ['es'], fileName: name } },
	});
	const output = (Array.isArray(result) ? result[0] : result) as { output: { type: string; code?: string }[] };
	const code = output.output.map((chunk) => chunk.code ?? '').join('');
	const hash = createHash('sha256').update(code).digest('hex').slice(0, 10);
	return { address: `/_app/immutable/${name}.${hash}.js`, code };
}

/**
 * Pages ship no framework script (decisions/0006): what the phone does beyond HTML is one small bundle, `src/phone/main.ts`, and
 * others where few pages need more. Their addresses are given to pages and the service worker as constants.
 */
function phoneScripts(): Plugin {
	const built: { address: string; code: string }[] = [];
	return {
		name: 'phone-scripts',
		async config(_, { command }) {
			const define: Record<string, string> = {};
			for (const [constant, entry] of Object.entries(SCRIPTS)) {
				const script = command === 'build' ? await builtScript(entry) : null;
				if (script) built.push(script);
				define[constant] = JSON.stringify(script?.address ?? `/${entry}`);
			}
			return { define };
		},
		generateBundle() {
			if (this.environment.name !== 'client') return;
			for (const { address, code } of built) this.emitFile({ type: 'asset', fileName: address.slice(1), source: code });
		},
	};
}

export default defineConfig({
	plugins: [
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['url', 'baseLocale'],
		}),
		sveltekit(),
		phoneScripts(),
	],
	// Told at every build, they would hide what matters.
	build: { target: 'chrome100', rolldownOptions: { checks: { pluginTimings: false } } },
	server: { fs: { allow: ['src'] } },
});
