import { fileURLToPath } from 'node:url'

// By path: whoever formats need not have the plugin at hand.
const plugin = fileURLToPath(import.meta.resolve('assemblyscript-prettier'))

export default {
  semi: false,
  singleQuote: true,
  printWidth: 110,
  arrowParens: 'avoid',
  overrides: [{ files: '**/assembly/**/*.ts', options: { plugins: [plugin] } }],
}
