export default {
  semi: false,
  singleQuote: true,
  printWidth: 110,
  arrowParens: 'avoid',
  overrides: [{ files: '**/assembly/**/*.ts', options: { plugins: ['assemblyscript-prettier'] } }],
}
