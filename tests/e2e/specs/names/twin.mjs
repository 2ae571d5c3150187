export class Shape {}
export function helper() {}
export const arrow = function () {
  return block();
};
function block() {}
export default () => 1;
