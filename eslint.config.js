import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
	{ ignores: ['build', '.svelte-kit', 'src/lib/paraglide', 'data', 'reference', 'screenshots', 'test-results'] },
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{
		languageOptions: {
			globals: {
				...globals.browser,
				...globals.node,
				__PHONE_SCRIPT__: 'readonly',
				__OFFLINE_SCRIPT__: 'readonly',
				__SIGN_OUT_SCRIPT__: 'readonly',
				__DRAFT_SCRIPT__: 'readonly',
				__UPLOAD_SCRIPT__: 'readonly',
				__PUSH_SCRIPT__: 'readonly',
				__SHORTCUT_SCRIPT__: 'readonly',
				__FOLLOW_SCRIPT__: 'readonly',
			},
		},
		rules: {
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			// Control characters are named where they are refused.
			'no-control-regex': 'off',
			// Addresses come from our own `href()`; Kit's resolve() knows nothing of languages in the path.
			'svelte/no-navigation-without-resolve': 'off',
		},
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig } },
	},
);
