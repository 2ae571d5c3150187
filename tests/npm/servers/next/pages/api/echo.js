export default function handler(request, response) { response.status(201).json({ body: request.body ?? null, query: request.query }); }
