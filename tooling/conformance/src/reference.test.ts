import { reference } from '@elbo/tensor'
import { conformance } from './conformance.js'

conformance('the reference interpreter', () => reference(), {
  executed: { backend: 'reference', threads: 1 },
})
