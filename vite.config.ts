import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { createHash } from 'node:crypto';
import { build, defineConfig, type Plugin } from 'vite';

/**
 * Pages ship no framework script (decisions/0006): what the phone does beyond HTML is one small bundle, `src/phone/main.ts`.
 * It is built on its own, named by its content, and its address is given to the layout and the service worker as a constant.
 */
async function phoneScript(): Promise<Plugin> {
	let code = '';
	let address = '/src/phone/main.ts';
	return {
		name: 'phone-script',
		async config(_, { command }) {
			if (command === 'build') {
				const result = await build({
					configFile: false,
					logLevel: 'warn',
					build: {
						write: false,
						target: 'chrome100',
						lib: { entry: 'src/phone/main.ts', formats: ['es'], fileName: 'phone' },
					},
				});
				const output = (Array.isArray(result) ? result[0] : result) as { output: { type: string; code?: string }[] };
				code = output.output.map((chunk) => chunk.code ?? '').join('');
				address = `/_app/immutable/phone.${createHash('sha256').update(code).digest('hex').slice(0, 10)}.js`;
			}
			return { define: { __PHONE_SCRIPT__: JSON.stringify(address) } };
		},
		generateBundle() {
			if (this.environment.name === 'client' && code)
				this.emitFile({ type: 'asset', fileName: address.slice(1), source: code });
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
		phoneScript(),
	],
	// Told at every build, they would hide what matters.
	build: { target: 'chrome100', rolldownOptions: { checks: { pluginTimings: false } } },
	server: { fs: { allow: ['src'] } },
});
