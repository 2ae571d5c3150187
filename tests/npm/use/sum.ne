sum -> sum "+" number {% ([a, , b]) => a + b %} | number {% id %}
number -> [0-9]:+ {% ([digits]) => Number(digits.join('')) %}
