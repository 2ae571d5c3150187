export class Shape {}
