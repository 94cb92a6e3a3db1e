import { cpu } from '@elbo/tensor'
import { conformance } from './conformance.js'

conformance('cpu on one thread', () => cpu({ threads: 1 }), {
  executed: { backend: 'cpu', threads: 1 },
  alike: {
    'without reuse of memory': () => cpu({ threads: 1, reuse: false }),
    'on two threads': () => cpu({ threads: 2, leastWork: 0 }),
    'on three threads without reuse of memory': () => cpu({ threads: 3, leastWork: 0, reuse: false }),
  },
})

conformance('cpu on two threads', () => cpu({ threads: 2, leastWork: 0 }), {
  executed: { backend: 'cpu', threads: 2 },
  randomPrograms: false,
})
