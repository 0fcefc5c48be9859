select c.country, sum(o.amount) as revenue, count(distinct o.customer_id) as buyers
from {{ ref('stg_orders') }} as o
join {{ ref('stg_customers') }} as c on c.customer_id = o.customer_id
group by c.country
