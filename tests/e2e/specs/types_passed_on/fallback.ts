export interface Unused { a: 1 }
export default <T,>(value: T): T => value;
