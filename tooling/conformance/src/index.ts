export { conformance, type OpenBackend } from './conformance.js'
