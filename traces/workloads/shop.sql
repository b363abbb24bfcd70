-- What sqlite3 runs for traces/sqlite3.hat: a shop's tables are filled, indexed, joined, grouped,
-- changed and searched, statement by statement. Nothing depends on time or chance.
.mode list
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, town TEXT);
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL);
CREATE TABLE sale(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer, item INTEGER REFERENCES item, day TEXT, count INTEGER);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
  INSERT INTO customer SELECT i, 'customer ' || (i * 7919 % 2003), 'town ' || (i * 31 % 97) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
  INSERT INTO item SELECT i, printf('item %05d', i * 613 % 509), (i * 37 % 1000) / 10.0 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
  INSERT INTO sale SELECT i, 1 + i * 7907 % 2000, 1 + i * 7879 % 500, date('2020-01-01', (i % 365) || ' days'), 1 + i % 9 FROM n;
COMMIT;
-- What a program in front of the tables would ask for, one statement at a time.
.once statements.sql
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
  SELECT printf('INSERT INTO sale(customer, item, day, count) VALUES(%d, %d, ''2021-01-%02d'', %d);
SELECT name, price FROM item WHERE id = %d;
UPDATE customer SET name = name || ''.'' WHERE id = %d;
SELECT count(*), max(day) FROM sale JOIN item ON item.id = sale.item WHERE sale.id BETWEEN %d AND %d AND price > 50;',
    1 + i * 17 % 2000, 1 + i * 13 % 500, 1 + i % 28, 1 + i % 5, 1 + i * 7 % 500, 1 + i * 11 % 2000, i * 9, i * 9 + 20) FROM n;
BEGIN;
.output answers.txt
.read statements.sql
.output
COMMIT;
CREATE INDEX sale_customer ON sale(customer);
CREATE INDEX sale_day ON sale(day, item);
ANALYZE;
SELECT town, count(*), round(sum(price * count), 2) AS total FROM sale JOIN customer ON customer.id = sale.customer JOIN item ON item.id = sale.item GROUP BY town ORDER BY total DESC LIMIT 5;
SELECT item.name, group_concat(DISTINCT town) FROM sale JOIN customer ON customer.id = customer JOIN item ON item.id = item WHERE day = '2020-03-05' GROUP BY item.name ORDER BY 1 LIMIT 5;
SELECT day, sum(count) OVER (ORDER BY day ROWS 6 PRECEDING) FROM (SELECT day, sum(count) AS count FROM sale GROUP BY day) LIMIT 5;
UPDATE item SET price = round(price * 1.05, 2) WHERE id % 3 = 0;
DELETE FROM sale WHERE day BETWEEN '2020-02-01' AND '2020-02-14';
SELECT count(*) FROM customer WHERE name LIKE '%99%' AND upper(town) GLOB 'TOWN 1*';
SELECT json_group_object(name, price) FROM item WHERE price < 3;
SELECT length(group_concat(name, char(10))) FROM customer ORDER BY 1;
