export { toEvent, type Independent } from './independent.js'
