package shapes

// sqladmin is the form of Cloud SQL (cloud.google.com/sql/docs/mysql/admin-api/rest/v1/operations).
var sqladmin = Shape{Name: "sqladmin", done: "DONE", id: "name", list: "items", pageSize: "maxResults", failure: textFailure("sqladmin.googleapis.com")}
