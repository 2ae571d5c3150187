select name, count(*) from lines left join orders on lines.id=orders.id where total>3 group by name;
