Feature: orders
  Scenario: tea
    Given an order of 2 tea
    Then the total is 5
