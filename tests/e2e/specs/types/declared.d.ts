declare const kind: string;
export default interface declared { kind: string }
