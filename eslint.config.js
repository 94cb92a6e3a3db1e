export { default } from '@elbo/eslint-config'
