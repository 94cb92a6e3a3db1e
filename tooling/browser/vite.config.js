import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const page = name => fileURLToPath(new URL(`src/page/${name}`, import.meta.url))

/** A production build, minified: what breaks under a minifier has to show. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  logLevel: 'warn',
  resolve: {
    conditions: ['@elbo/source', 'module', 'browser', 'production'],
    alias: [
      { find: '@jest/globals', replacement: page('jest-globals.ts') },
      { find: 'node:fs', replacement: page('node-fs.ts') },
    ],
  },
  define: { 'process.env': '({})' },
  build: { target: 'es2022', chunkSizeWarningLimit: 10_000 },
})
