# Reads the tables of this frozen dataset, with base R alone.
#
#   source("read_dataset.R")
#   payments <- read_table("payments")
#
# Dates are Dates, times POSIXct in UTC, empty cells NA. For many millions of rows read the Parquet files instead:
# arrow::open_dataset("payments").

read_table <- function(name, dataset = ".") {
  one <- file.path(dataset, "csv", paste0(name, ".csv"))
  files <- if (file.exists(one)) one else sort(Sys.glob(file.path(dataset, "csv", name, "*.csv")))
  if (length(files) == 0) stop("There is no table ", name, " in ", dataset)
  rows <- do.call(rbind, lapply(files, read.csv, stringsAsFactors = FALSE, na.strings = "", encoding = "UTF-8"))
  for (column in intersect(names(rows), c("local_date", "first_date", "last_date", "starts_on", "ends_before")))
    rows[[column]] <- as.Date(rows[[column]])
  for (column in intersect(names(rows), c("logged_on", "adjusted_on", "used_on")))
    rows[[column]] <- as.POSIXct(rows[[column]], format = "%Y-%m-%dT%H:%M:%SZ", tz = "UTC")
  rows
}
