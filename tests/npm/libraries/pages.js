// jsdom and cheerio.
import * as cheerio from 'cheerio';
import { JSDOM, VirtualConsole } from 'jsdom';

const html = '<!doctype html><title>A page</title><ul id=list><li class=a>one<li>two<li class="a b">three</ul><form><input name=x value=1><select name=y><option>p<option selected>q</select></form>';
const $ = cheerio.load(html);
console.log($('title').text(), $('.a').map((_, element) => $(element).text()).get(), $('form').serialize());
$('#list').append('<li>four</li>').find('li').first().addClass('first').attr('data-n', '1');
console.log($('#list').html(), $('li:nth-child(even)').length);
console.log(cheerio.load('<a><b/>ä</a>', { xml: true }).xml());

const told = [];
const virtualConsole = new VirtualConsole();
virtualConsole.on('log', (...values) => told.push(values)).on('jsdomError', (error) => told.push(error.message));
const { window } = new JSDOM(`${html}<script>document.title += '!'; console.log(document.querySelectorAll('li').length); setTimeout(() => { window.late = true; }, 10); throw new Error('in the page')</script>`, { runScripts: 'dangerously', url: 'https://a.example/x?y=1', virtualConsole, pretendToBeVisual: true });
console.log(told, window.document.title, window.location.search, window.document.cookie);
const list = window.document.getElementById('list');
let clicks = 0;
list.addEventListener('click', ({ target }) => { clicks += target.textContent.length; });
for (const item of list.children) item.click();
list.insertAdjacentHTML('beforeend', '<li>&lt;five&gt;');
const observed = new Promise((resolve) => new window.MutationObserver((records) => resolve(records.length)).observe(list, { childList: true }));
list.firstElementChild.remove();
console.log(clicks, list.lastElementChild.outerHTML, await observed, [...new window.FormData(window.document.forms[0])]);
console.log(window.getComputedStyle(list).display, new window.DOMParser().parseFromString('<a/>', 'text/xml').documentElement.tagName);
await new Promise((resolve) => setTimeout(resolve, 50));
console.log(window.late, window.eval('[] instanceof Array'), window.Array === Array);
window.close();
