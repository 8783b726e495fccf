-- In a key's pattern `{folder}` was the file's folder at the destination. It is `{path}` there now, so that each word means the same
-- wherever it stands. A brace that stands for itself is written twice; char(1) and char(2) keep those apart meanwhile.
UPDATE destination
SET settings = json_set(settings, '$.object',
  replace(replace(replace(replace(replace(json_extract(settings, '$.object'),
    '{{{folder}}}', char(2)), '{{folder}}', char(1)), '{folder}', '{path}'), char(1), '{{folder}}'), char(2), '{{{path}}}'))
WHERE kind = 's3' AND json_valid(settings) AND json_type(settings, '$.object') = 'text';
