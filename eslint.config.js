import path from 'node:path';
import { fileURLToPath } from 'node:url';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

const typed = ['src-*/**/*.{ts,vue}', 'scripts/**/*.ts', 'test/**/*.ts', '*.config.ts'];

export default tseslint.config(
  { ignores: ['out/', '.runtime/', 'node_modules/', 'test-results/', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  // The scripts run before anything is installed; a few rules that need no types.
  {
    files: ['scripts/**/*.mjs', '*.{js,mjs}'],
    rules: {
      'no-unused-vars': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'smart'],
    },
  },

  {
    files: typed,
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: path.dirname(fileURLToPath(import.meta.url)),
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      eqeqeq: ['error', 'smart'],
      'no-console': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Export by name; only Vue files and configurations have a default.',
        },
      ],
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: null, custom: { regex: '^I[A-Z][a-z]', match: false } },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // What needs types, limited to mistakes that are real bugs in a program of threads and promises.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },

  {
    files: ['src-renderer/**/*.vue'],
    extends: [vue.configs['flat/recommended']],
    // Without types: TypeScript knows no .vue file, and each would cost a whole program.
    languageOptions: { parserOptions: { parser: tseslint.parser, projectService: false, project: null } },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      // Prettier lays out templates.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      // Optional props are typed as such, exactOptionalPropertyTypes included.
      'vue/require-default-prop': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
    },
  },

  {
    files: ['src-main/cli/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['*.config.ts', 'test/e2e/*.config.ts', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // A test states what it knows: an index that must be there, a value of the wrong type on purpose.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
