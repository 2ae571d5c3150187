'a line'

throw new Error('thrown')
