import { join } from 'node:path'
import { defineConfig } from 'vite'

const peers = join(import.meta.dirname, '../peers/node_modules')

/** A production build of the contestants that need a browser, with the peers from where they were fetched. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  logLevel: 'error',
  resolve: {
    conditions: ['module', 'browser', 'production'],
    alias: [
      { find: /^.*\/peers\.js$/, replacement: join(import.meta.dirname, 'peers.js') },
      { find: /^@tensorflow\/(.*)$/, replacement: `${peers}/@tensorflow/$1` },
    ],
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 10_000 },
})
