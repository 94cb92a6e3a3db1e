import { join } from 'node:path'
import { defineConfig } from 'vite'

const fetched = join(import.meta.dirname, '../peers/node_modules')

/** What `src/peers.js` is in a page: the peers that it needs are bundled, from where they were fetched. */
const peers = {
  name: 'peers',
  enforce: 'pre',
  resolveId: source => (source.endsWith('/peers.js') ? '\0peers' : undefined),
  load: id =>
    id === '\0peers'
      ? `import * as tf from '@tensorflow/tfjs'
         import '@tensorflow/tfjs-backend-webgpu'
         export const peer = () => tf`
      : undefined,
}

/** A production build of the contestants that need a browser. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  logLevel: 'error',
  plugins: [peers],
  resolve: {
    conditions: ['module', 'browser', 'production'],
    alias: [{ find: /^@tensorflow\/(.*)$/, replacement: `${fetched}/@tensorflow/$1` }],
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 10_000 },
})
