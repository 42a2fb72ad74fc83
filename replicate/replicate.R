# Runs the study again from the frozen dataset's CSV, with base R alone:
#
#   Rscript replicate.R DATASET
#
# What was chosen stands in `chosen`, above. It prints a line an estimate: name, estimate, standard error.
# Not done again: anomalies, lag, switching across an event, intervals by chance (bootstrap, wild cluster bootstrap), and
# segments told from spending or tenure; segments at all in switching, seasonality and retention.

if (!exists("dataset")) dataset <- commandArgs(trailingOnly = TRUE)[1]
if (is.na(dataset)) stop("Which dataset? Rscript replicate.R DATASET")

# A table is one file, or one a month.
table_of <- function(name) {
  one <- file.path(dataset, "csv", paste0(name, ".csv"))
  files <- if (file.exists(one)) one else sort(Sys.glob(file.path(dataset, "csv", name, "*.csv")))
  if (length(files) == 0) return(NULL)
  do.call(rbind, lapply(files, read.csv, stringsAsFactors = FALSE, na.strings = ""))
}
day_of <- function(date) as.integer(as.Date(date))

payments <- table_of("payments")
payments$day <- day_of(payments$local_date)
adjustments <- table_of("adjustments")
if (is.null(adjustments) || nrow(adjustments) == 0) {
  adjustments <- data.frame(rider_no = integer(), payment_type = character(), day = integer(), amount = numeric())
} else {
  adjustments$day <- day_of(adjustments$local_date)
}

results <- data.frame(name = character(), estimate = numeric(), standard_error = numeric())
tell <- function(name, estimate, error = NA_real_) {
  results[nrow(results) + 1, ] <<- list(name, estimate, error)
}

# Errors clustered by group (CR1), k parameters being counted.
clustered <- function(x, residuals, group, k = ncol(x)) {
  n <- nrow(x)
  groups <- length(unique(group))
  bread <- solve(crossprod(x))
  scores <- rowsum(x * residuals, group)
  sqrt(diag(groups / (groups - 1) * (n - 1) / (n - k) * bread %*% crossprod(scores) %*% bread))
}

weeks_of <- function(day, event) floor((day - event) / 7)

studies <- list()

studies$shares <- function() {
  weight <- if (chosen$of == "revenue") payments$price else rep(1, nrow(payments))
  types <- names(sort(table(payments$payment_type), decreasing = TRUE))
  total <- tapply(weight, payments$rider_no, sum)
  riders <- length(total)
  for (type in types) {
    own <- tapply(ifelse(payments$payment_type == type, weight, 0), payments$rider_no, sum)
    share <- sum(own) / sum(total)
    variance <- riders / (riders - 1) * sum((own - share * total)^2) / sum(total)^2
    tell(paste("share of", type), share, sqrt(variance))
  }
}

studies$elasticity <- function() {
  event <- day_of(chosen$event_from)
  own <- payments
  if (!is.null(chosen$payment_type)) own <- own[own$payment_type == chosen$payment_type, ]
  week <- weeks_of(own$day, event)
  before <- week >= -chosen$before_weeks & week < 0
  after <- week >= 0 & week < chosen$after_weeks
  used <- own[before | after, ]
  riders <- factor(used$rider_no)
  first <- as.vector(table(riders[used$day < event]))
  second <- as.vector(table(riders[used$day >= event]))
  n <- nlevels(riders)
  q1 <- sum(first); q2 <- sum(second)
  p1 <- chosen$price_before; p2 <- chosen$price_after
  if (chosen$price == "observed") { p1 <- mean(own$price[before]); p2 <- mean(own$price[after]) }
  parts <- second / q2 - first / q1
  spread <- sqrt(n / (n - 1) * sum((parts - mean(parts))^2))
  tell("shrinkage elasticity", (q2 - q1) / q1 / ((p2 - p1) / p1), abs(q2 / q1 / ((p2 - p1) / p1)) * spread)
  tell("midpoint elasticity", (q2 - q1) / (q2 + q1) / ((p2 - p1) / (p2 + p1)),
    abs(2 * q1 * q2 / (q1 + q2)^2 / ((p2 - p1) / (p2 + p1))) * spread)
  tell("log-arc elasticity", log(q2 / q1) / log(p2 / p1), abs(1 / log(p2 / p1)) * spread)
  if (chosen$segments == "none" && chosen$price == "calendar") price_panel(own, event, p1, p2)
}

# Poisson with effects of riders and a straight trend. Riders who came in the same week have the same weeks, so their
# sums give the coefficients; the errors are sums over each rider's own payments.
price_panel <- function(own, event, p1, p2) {
  from <- -chosen$before_weeks
  last <- chosen$after_weeks - 1
  came <- tapply(payments$day, payments$rider_no, min)
  entry <- ifelse(came < event + 7 * from, from, weeks_of(came, event) + 1)
  own$week <- weeks_of(own$day, event)
  own$entry <- entry[as.character(own$rider_no)]
  own <- own[own$week >= own$entry & own$week >= from & own$week <= last, ]
  members <- table(entry[unique(as.character(own$rider_no))])
  busy <- sort(unique(own$week))
  cells <- do.call(rbind, lapply(as.integer(names(members)), function(e) {
    data.frame(entry = e, week = busy[busy >= e])
  }))
  counts <- table(paste(own$entry, own$week))
  cells$y <- as.vector(counts[paste(cells$entry, cells$week)])
  cells$y[is.na(cells$y)] <- 0
  cells$price <- log(ifelse(cells$week < 0, p1, p2))
  cohort <- if (length(members) > 1) model.matrix(~ factor(entry), cells) else matrix(1, nrow(cells), 1)
  x <- cbind(price = cells$price, trend = cells$week - from, cohort)
  fit <- glm.fit(x, cells$y, family = poisson(), control = glm.control(epsilon = 1e-14, maxit = 200))
  mean <- fit$fitted.values
  rest <- lm.wfit(cohort, x[, 1:2], mean)$residuals
  bread <- solve(crossprod(rest, rest * mean))
  place <- match(paste(own$entry, own$week), paste(cells$entry, cells$week))
  scores <- rowsum(rest[place, , drop = FALSE], own$rider_no)
  riders <- nrow(scores)
  n <- sum(members[as.character(cells$entry)])
  errors <- sqrt(diag(riders / (riders - 1) * (n - 1) / (n - 2) * bread %*% crossprod(scores) %*% bread))
  tell("price elasticity of riders over weeks (Poisson)", fit$coefficients[["price"]], errors[1])
}

# Bounds of whole days, weeks from the event on, or months.
bounds_of <- function(period, event) {
  from <- day_of(chosen$from); to <- day_of(chosen$to)
  if (period == "month") {
    start <- as.Date(format(as.Date(chosen$from), "%Y-%m-01"))
    all <- as.integer(seq(start, by = "month", length.out = 12 * 200))
    return(all[all >= from & all <= to])
  }
  length <- if (period == "week") 7 else 1
  first <- event + ceiling((from - event) / length) * length
  first + length * (0:floor((to - first) / length))
}

# The period of a day; NA: of none.
place_of <- function(day, bounds) {
  at <- findInterval(day, bounds)
  ifelse(at < 1 | at >= length(bounds), NA, at)
}

# The outcome by period.
counted <- function(bounds) {
  own <- payments; back <- adjustments
  if (!is.null(chosen$payment_type)) {
    own <- own[own$payment_type == chosen$payment_type, ]
    back <- back[back$payment_type == chosen$payment_type, ]
  }
  sums <- function(value, at) {
    x <- numeric(length(bounds) - 1); s <- tapply(value, at, sum); x[as.integer(names(s))] <- s; x
  }
  at <- place_of(own$day, bounds)
  switch(chosen$outcome,
    payments = sums(rep(1, nrow(own)), at),
    revenue = sums(own$price, at) + (if (nrow(back) > 0) sums(back$amount, place_of(back$day, bounds)) else 0),
    riders = { seen <- unique(data.frame(at, rider = own$rider_no)); sums(rep(1, nrow(seen)), seen$at) })
}

studies$impact <- function() {
  event <- day_of(chosen$event_from)
  end <- if (is.null(chosen$event_to)) Inf else day_of(chosen$event_to)
  bounds <- bounds_of(chosen$period, event)
  n <- length(bounds) - 1
  starts <- bounds[1:n]
  y <- counted(bounds)
  if (chosen$scale == "log") y <- log(y)
  i <- seq_len(n)
  first <- which(starts >= event)[1]
  x <- cbind(constant = 1, trend = i - 1, event = as.numeric(i >= first))
  if (isTRUE(chosen$change_of_trend)) x <- cbind(x, later = pmax(0, i - first))
  shifted <- as.Date(starts + (if (chosen$period == "week") 3 else 0), origin = "1970-01-01")
  if (chosen$season %in% c("months", "weekdays and months")) {
    x <- cbind(x, model.matrix(~ factor(format(shifted, "%m")))[, -1])
  }
  if (chosen$season %in% c("weekdays", "weekdays and months")) x <- cbind(x, model.matrix(~ factor(starts %% 7))[, -1])
  for (d in c(event, end)) {
    both <- which(starts < d & bounds[-1] > d)
    if (length(both) == 1) x <- cbind(x, as.numeric(i == both))
  }
  if (any(starts >= end)) x <- cbind(x, as.numeric(starts >= end))
  shown <- function(name, b, e) if (chosen$scale == "log") tell(name, exp(b) - 1, exp(b) * e) else tell(name, b, e)
  followed <- if (n < 12) "least squares" else "Prais–Winsten"
  main <- if (n < 12) ordinary(y, x) else prais_winsten(y, x, 3 + isTRUE(chosen$change_of_trend) + any(starts >= end))
  shown(paste0("change at the event (", followed, ")"), main$b[3], main$e[3])
}

ordinary <- function(y, x) {
  fit <- lm.fit(x, y)
  e <- sqrt(sum(fit$residuals^2) / fit$df.residual * diag(solve(crossprod(x))))
  list(b = fit$coefficients, e = e)
}

# rho is estimated too low for the sake of the slow terms; once it has settled it is corrected for that.
prais_winsten <- function(y, x, slow) {
  n <- length(y)
  b <- lm.fit(x, y)$coefficients
  rho <- 0
  for (round in 1:500) {
    u <- as.vector(y - x %*% b)
    found <- sum(u[-1] * u[-n]) / sum(u[-n]^2)
    settled <- abs(found - rho) < 1e-10
    rho <- if (settled && n > slow + 2) min(0.99, max(found, (n * found + slow) / (n - slow - 2))) else found
    turn <- function(m) rbind(sqrt(1 - rho^2) * m[1, ], m[-1, , drop = FALSE] - rho * m[-n, , drop = FALSE])
    fit <- ordinary(as.vector(turn(matrix(y))), turn(x))
    b <- fit$b
    if (settled) break
  }
  fit
}

studies$did <- function() {
  event <- day_of(chosen$event_from)
  side_of <- did_sides()
  value <- function(d, amount) {
    week <- weeks_of(d$day, event)
    kept <- week >= -chosen$before_weeks & week < chosen$after_weeks & as.character(d$rider_no) %in% names(side_of)
    data.frame(rider = as.character(d$rider_no)[kept], after = as.numeric(week >= 0)[kept], amount = amount[kept])
  }
  all <- if (chosen$outcome == "payments") value(payments, rep(1, nrow(payments))) else
    rbind(value(payments, payments$price), value(adjustments, adjustments$amount))
  riders <- names(side_of)
  mean_of <- function(after, weeks) {
    sums <- tapply(all$amount[all$after == after], all$rider[all$after == after], sum)[riders]
    ifelse(is.na(sums), 0, sums) / weeks
  }
  y <- c(mean_of(0, chosen$before_weeks), mean_of(1, chosen$after_weeks))
  treated <- rep(as.numeric(side_of), 2)
  after <- rep(0:1, each = length(riders))
  x <- cbind(constant = 1, treated, after, treated * after)
  fit <- lm.fit(x, y)
  cluster <- if (chosen$cluster == "segment") rep(attr(side_of, "segment"), 2) else rep(riders, 2)
  few <- length(unique(cluster)) < 30
  tell(if (few) "effect (2×2, clustered errors)" else "effect (2×2)", fit$coefficients[[4]], clustered(x, fit$residuals, cluster)[4])
}

# 1 treated, 0 compared with, by rider. Segments are payment types of the base period, or those of a file.
did_sides <- function() {
  listed <- function(text) strsplit(text, ",", fixed = TRUE)[[1]]
  if (chosen$segments == "file") {
    riders <- table_of("riders")
    file <- read.csv(segments_file, stringsAsFactors = FALSE)
    number <- riders$rider_no[match(file$rider, riders$rider)]
    segment <- file$segment[!is.na(number)]
    names(segment) <- number[!is.na(number)]
  } else if (chosen$segments == "method") {
    base <- payments[payments$day >= day_of(chosen$base_from) & payments$day < day_of(chosen$base_to), ]
    counts <- table(base$rider_no, base$payment_type)
    types <- sort(colnames(counts), method = "radix")
    segment <- types[max.col(counts[, types, drop = FALSE], ties.method = "first")]
    names(segment) <- rownames(counts)
  } else stop("segments by ", chosen$segments, " are not told here")
  kept <- segment[segment %in% c(listed(chosen$treated), listed(chosen$comparison))]
  sides <- as.numeric(kept %in% listed(chosen$treated))
  names(sides) <- names(kept)
  attr(sides, "segment") <- unname(kept)
  sides
}

studies$equity <- function() {
  paid <- tapply(payments$price, payments$rider_no, sum)
  back <- tapply(adjustments$amount, adjustments$rider_no, sum)[names(paid)]
  x <- sort(pmax(0, as.vector(paid) + ifelse(is.na(as.vector(back)), 0, as.vector(back))))
  n <- length(x)
  tell("Gini coefficient of net spending", sum((2 * seq_len(n) - n - 1) * x) / (n * sum(x)))
  share <- x / mean(x)
  tell("Theil index of net spending", mean(ifelse(share > 0, share * log(share), 0)))
  for (q in c(0.25, 0.5, 0.75)) tell(paste0("quantile ", q), quantile(x, q, type = 7)[[1]])
}

studies$crossmodal <- function() {
  uses <- table_of("passes")
  uses$day <- day_of(uses$local_date)
  last <- max(uses$day)
  ripe <- payments[payments$day + chosen$within_days <= last, ]
  by_rider <- split(uses$day, uses$rider_no)
  followed <- mapply(function(rider, day) {
    any(by_rider[[as.character(rider)]] >= day & by_rider[[as.character(rider)]] <= day + chosen$within_days)
  }, ripe$rider_no, ripe$day)
  share <- mean(followed)
  sums <- rowsum(followed - share, ripe$rider_no)
  groups <- nrow(sums)
  tell("share of payments followed by passes", share, sqrt(groups / (groups - 1) * sum(sums^2)) / nrow(ripe))
}

without_segments <- function() if (chosen$segments != "none") stop("segments are not told here")

# Main payment types by period: a row a rider; 0 is no payment, NA not there yet.
states_of <- function(bounds, types) {
  riders <- sort(unique(payments$rider_no))
  n <- length(bounds) - 1
  at <- place_of(payments$day, bounds)
  counts <- array(0L, c(length(riders), n, length(types)))
  inside <- !is.na(at)
  cells <- cbind(match(payments$rider_no, riders), at, match(payments$payment_type, types))[inside, , drop = FALSE]
  tally <- table(apply(cells, 1, paste, collapse = " "))
  counts[do.call(rbind, lapply(strsplit(names(tally), " "), as.integer))] <- as.integer(tally)
  states <- apply(counts, c(1, 2), function(own) if (sum(own) == 0) 0L else which.max(own))
  before <- riders %in% payments$rider_no[payments$day < bounds[1]]
  for (i in seq_along(riders)) {
    first <- if (before[i]) 1 else which(states[i, ] > 0)[1]
    if (is.na(first)) first <- n + 1
    if (first > 1) states[i, seq_len(first - 1)] <- NA
  }
  states
}

# The share of one sum over riders in another, its error from how riders differ.
ratio <- function(name, own, whole) {
  own <- own[whole > 0]; whole <- whole[whole > 0]
  n <- length(whole)
  share <- sum(own) / sum(whole)
  tell(name, share, sqrt(n / (n - 1) * sum((own - share * whole)^2)) / sum(whole))
}

studies$switching <- function() {
  without_segments()
  if (!is.null(chosen$event_from)) stop("switching across an event is not told here")
  bounds <- bounds_of(chosen$period, day_of(chosen$from))
  n <- length(bounds) - 1
  used <- table(payments$payment_type)
  types <- names(used)[order(-used, names(used), method = "radix")]
  states <- states_of(bounds, types)
  from <- states[, -n, drop = FALSE]; to <- states[, -1, drop = FALSE]
  count <- function(moves) rowSums(moves, na.rm = TRUE)
  ratio("share who changed their main payment type", count(from > 0 & to > 0 & from != to), count(from > 0))
  ratio("share who paid nothing after", count(from > 0 & to == 0), count(from > 0))
  for (k in seq_along(types)) {
    whole <- count(from == k)
    if (sum(whole > 0) > 1) ratio(paste("share who stayed with", types[k]), count(from == k & to == k), whole)
  }
  first <- states[, 1]; last <- states[, n]
  both <- which(first > 0 & last > 0)
  ends <- format(as.Date(bounds[c(1, n)], origin = "1970-01-01"), if (chosen$period == "month") "%Y-%m" else "%Y-%m-%d")
  for (k in seq_along(types)) {
    left <- sum(first[both] == k & last[both] != k); came <- sum(last[both] == k & first[both] != k)
    error <- sqrt(came + left - (came - left)^2 / length(both)) / length(both)
    name <- paste0("net change of the share of riders by ", types[k], ", from ", ends[1], " to ", ends[2])
    tell(name, (came - left) / length(both), error)
  }
}

# Whole cycles less their own mean and the slope of the whole, averaged by place.
studies$seasonality <- function() {
  without_segments()
  weekly <- chosen$cycle == "week"
  names <- if (weekly) c("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday") else month.name
  bounds <- bounds_of(if (weekly) "day" else "month", day_of(chosen$from))
  y <- counted(bounds)
  if (!weekly && chosen$outcome != "riders") y <- y / diff(bounds)
  if (chosen$scale == "log") y <- log(y)
  start <- as.Date(bounds[1], origin = "1970-01-01")
  first <- if (weekly) (bounds[1] - 3) %% 7 else as.integer(format(start, "%m")) - 1
  period <- length(names)
  n <- length(y) %/% period
  cycles <- matrix(y[seq_len(n * period)], nrow = n, byrow = TRUE)
  means <- rowMeans(cycles)
  slope <- (means[n] - means[1]) / ((n - 1) * period)
  centred <- sweep(cycles - means, 2, slope * (seq_len(period) - (period + 1) / 2))
  for (k in seq_len(period)) {
    own <- mean(centred[, k]); error <- sd(centred[, k]) / sqrt(n)
    name <- paste(names[(first + k - 1) %% period + 1], "against the trend")
    if (chosen$scale == "log") tell(name, exp(own) - 1, exp(own) * error) else tell(name, own, error)
  }
}

studies$retention <- function() {
  without_segments()
  bounds <- bounds_of(chosen$period, day_of(chosen$from))
  n <- length(bounds) - 1
  at <- place_of(payments$day, bounds)
  at[payments$day < bounds[1]] <- 0
  paid <- lapply(split(at, payments$rider_no), function(own) unique(own[!is.na(own)]))
  paid <- paid[lengths(paid) > 0]
  first <- sapply(paid, min)
  told <- first >= (if (isTRUE(chosen$from_start)) 1 else 2)
  for (age in 1:12) {
    come <- which(told & first + age <= n)
    if (length(come) == 0) break
    share <- mean(mapply(function(own, start) (start + age) %in% own, paid[come], first[come]))
    name <- paste0("share who paid again after ", age, " ", chosen$period, if (age > 1) "s" else "")
    tell(name, share, sqrt(share * (1 - share) / length(come)))
  }
}

if (is.null(studies[[chosen$study]])) stop("The study ", chosen$study, " is not done again here.")
studies[[chosen$study]]()
for (i in seq_len(nrow(results))) {
  cat(results$name[i], format(results$estimate[i], digits = 15), format(results$standard_error[i], digits = 15), sep = "\t")
  cat("\n")
}
