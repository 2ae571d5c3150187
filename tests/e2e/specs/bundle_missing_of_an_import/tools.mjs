import tools, { open } from 'not-installed-tools'
export const name = open(tools)
