export function helper(w: string): number { return w.charCodeAt(0); }
