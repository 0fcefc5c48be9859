select customer_id, md5(email) as email_hash, country from {{ source('shop', 'raw_customers') }}
